FROM scratch
ARG COMMAND
COPY $COMMAND /usr/local/bin/
COPY licences/ /licences/
ENV PATH=/usr/local/bin

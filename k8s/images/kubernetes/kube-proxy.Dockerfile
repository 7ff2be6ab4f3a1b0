ARG DEBIAN_IMAGE
FROM $DEBIAN_IMAGE
RUN apt-get update && apt-get install -y --no-install-recommends conntrack iptables kmod nftables && rm -rf /var/lib/apt/lists/*
COPY kube-proxy /usr/local/bin/
COPY licences/ /licences/

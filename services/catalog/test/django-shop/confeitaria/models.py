from django.db import models


class Categoria(models.Model):
    nome = models.CharField(max_length=100)


class Doce(models.Model):
    nome = models.CharField(max_length=200)
    descricao = models.TextField(blank=True)
    preco = models.DecimalField(max_digits=10, decimal_places=2)
    estoque = models.IntegerField(default=0)
    categoria = models.ForeignKey(Categoria, null=True, blank=True, on_delete=models.SET_NULL)
    imagem = models.FileField(upload_to="doces", null=True, blank=True)
    criado_em = models.DateTimeField(null=True)
    vegano = models.BooleanField(default=False)  # a column that the importer knows nothing of

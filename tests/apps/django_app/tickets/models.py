from django.db import models


class Ticket(models.Model):
    subject = models.CharField(max_length=200)
    body = models.TextField()
    embedding = models.JSONField(null=True)


class Reply(models.Model):
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE)
    text = models.TextField()
    model = models.CharField(max_length=50)


class Assistant(models.Model):
    MODEL_CHOICES = [
        ('gpt-4o', 'GPT-4o'),
        ('gpt-4o-mini', 'GPT-4o mini'),
    ]
    name = models.CharField(max_length=50)
    prompt = models.TextField()
    model = models.CharField(max_length=50, choices=MODEL_CHOICES, default='gpt-4o-mini')

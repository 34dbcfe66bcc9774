from django.core.management.base import BaseCommand

from tickets.models import Reply, Ticket
from tickets.services import Embedder, TicketAI


class Command(BaseCommand):
    help = 'Triage, draft and embed new tickets (uses gpt-4.1 for drafts)'

    def add_arguments(self, parser):
        parser.add_argument('--limit', type=int, default=100)
        parser.add_argument('--model', default='gpt-4.1-mini')

    def handle(self, *args, **options):
        ai = TicketAI(options['model'])
        for ticket in Ticket.objects.filter(embedding=None)[:options['limit']]:
            triage = ai.triage(ticket)
            draft = ai.draft(ticket)
            ticket.embedding = Embedder.embed(ticket.subject + '\n' + ticket.body)[0]
            ticket.save()
            self.stdout.write(f'{ticket.pk} -> {triage.team} ({triage.priority}), draft by {draft.model}')
        old = Reply.objects.filter(model='gpt-3.5-turbo').count()
        if old:
            self.stdout.write(f'{old} drafts are from gpt-3.5-turbo, consider writing them again')

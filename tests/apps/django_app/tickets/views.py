from django.http import JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET, require_POST

from .models import Assistant, Ticket
from .services import Embedder, TicketAI


@require_POST
def suggest(request, pk):
    ticket = get_object_or_404(Ticket, pk=pk)
    if 'assistant' in request.POST:
        assistant = get_object_or_404(Assistant, pk=request.POST['assistant'])
        return JsonResponse({'text': TicketAI().ask_assistant(assistant, ticket.body)})
    ai = TicketAI(model='gpt-4o') if len(ticket.body) > 5000 else TicketAI()
    return JsonResponse({'text': ai.suggest(ticket), 'mood': ai.sentiment(ticket)})


@require_GET
def stream(request, pk):
    ticket = get_object_or_404(Ticket, pk=pk)
    return StreamingHttpResponse(TicketAI().stream(ticket), content_type='text/plain')


@require_GET
def search(request):
    [query] = Embedder.embed(request.GET['q'])
    tickets = Ticket.objects.exclude(embedding=None)
    ranked = sorted(tickets, key=lambda t: -sum(a * b for a, b in zip(query, t.embedding)))
    return JsonResponse({'ids': [t.pk for t in ranked[:10]]})

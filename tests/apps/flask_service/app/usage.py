# USD per 1M tokens, input / output
PRICES = {
    'gpt-4o': (2.50, 10.00),
    'gpt-4o-mini': (0.15, 0.60),
    'gpt-4.1-mini': (0.40, 1.60),
}


def cost_of(response):
    p_in, p_out = PRICES.get(response.model, (0, 0))
    u = response.usage
    return (u.prompt_tokens * p_in + u.completion_tokens * p_out) / 1e6

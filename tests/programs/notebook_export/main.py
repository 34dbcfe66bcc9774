#!/usr/bin/env python
# coding: utf-8

# # A first look at the API

# In[1]:


import os
from openai import OpenAI

client = OpenAI(api_key=os.environ["OPENAI_API_KEY"])


# In[2]:


def get_completion(prompt, model="gpt-4o-mini"):
    messages = [{"role": "user", "content": prompt}]
    response = client.chat.completions.create(
        model=model,
        messages=messages,
        temperature=0,  # the least random
    )
    return response.choices[0].message.content


# In[3]:


text = f"""
You should express what you want by giving instructions.
"""
response = get_completion(f"Summarise ```{text}```")
print(response)


# In[4]:


get_completion("And now in French", model="gpt-4o")

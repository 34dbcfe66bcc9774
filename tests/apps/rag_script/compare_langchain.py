# does langchain give the same answers? (spoiler: yes, slower)
import sys

from langchain_openai import ChatOpenAI, OpenAIEmbeddings

from query import answer

llm = ChatOpenAI(model="gpt-4o", temperature=0)
emb = OpenAIEmbeddings(model="text-embedding-3-small")

if __name__ == "__main__":
  q = sys.argv[1]
  print(llm.invoke(q).content)
  print(len(emb.embed_query(q)))
  answer(q, model="gpt-4.1")

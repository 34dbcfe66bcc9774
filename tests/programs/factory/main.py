from tool.classify import classify
from tool.title import title

print(classify("I am very happy."))
print(title("A long text about very little."))

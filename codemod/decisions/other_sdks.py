"""Other vendors' SDKs that have the same chains of methods as OpenAI's: their clients are left.

A name proves nothing: what counts is the package that the receiver comes from.
"""

from __future__ import annotations

from codemod.provenance.values import (
    ClassValue,
    ConstantValue,
    ExternalValue,
    FunctionValue,
    MemberValue,
    ModuleValue,
    ProductValue,
    ResultValue,
    Value,
)

# Top-level packages (PyPI, 2026-11) that hold a client with ``chat.completions`` or the like.
PACKAGES = frozenset(
    {
        "ai21",
        "aisuite",
        "anthropic",
        "azure",
        "baseten",
        "cerebras",
        "cohere",
        "dashscope",
        "deepseek",
        "fireworks",
        "friendli",
        "g4f",
        "google",
        "groq",
        "huggingface_hub",
        "langchain_openai",
        "litellm",
        "llama_cpp",
        "llama_stack_client",
        "mistralai",
        "mlx_lm",
        "moonshot",
        "nvidia",
        "ollama",
        "openrouter",
        "perplexity",
        "portkey_ai",
        "replicate",
        "sambanova",
        "together",
        "upstage",
        "vertexai",
        "vllm",
        "volcenginesdkarkruntime",
        "voyageai",
        "writerai",
        "xai_sdk",
        "zai",
        "zhipuai",
    }
)
# instructor's functions that make a client of another vendor's (instructor 1.17.0); from_openai and from_provider are
# not among them.
INSTRUCTOR = frozenset(
    f"instructor.from_{vendor}"
    for vendor in (
        "anthropic",
        "bedrock",
        "cerebras",
        "cohere",
        "fireworks",
        "gemini",
        "genai",
        "groq",
        "litellm",
        "mistral",
        "perplexity",
        "vertexai",
        "writer",
        "xai",
    )
)


def path_of(value: Value) -> str:
    """The dotted path of the library thing that a value comes from; "" if it comes from none."""
    if isinstance(value, ExternalValue):
        return value.path
    if isinstance(value, ProductValue):
        return value.path
    if isinstance(value, MemberValue):
        return path_of(value.owner)
    if isinstance(value, ResultValue):
        return path_of(value.member)
    return ""


def is_other_sdk(value: Value) -> bool:
    """Whether a receiver is certainly no client of OpenAI's: another SDK's, or plain code of the project."""
    if isinstance(value, (ConstantValue, FunctionValue, ClassValue, ModuleValue)):
        return True
    path = path_of(value)
    return path in INSTRUCTOR or path.split(".")[0] in PACKAGES

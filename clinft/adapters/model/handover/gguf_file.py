"""A Llama-shaped model in float32 as one GGUF file, as llama.cpp's converter lays it out.

Format: ggml-org/ggml, docs/gguf.md. llama.cpp rotates halves where transformers rotates pairs, so the rows of
the query and key projections change places.
"""

from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from typing import Any

from clinft.adapters.model import quiet
from clinft.adapters.model.handover.gguf_vocabulary import WAY_OUT, Vocabulary, padded
from clinft.artifacts.handover import GgufType
from clinft.errors import SpecError

BLOCK = 32  # of Q8_0, along a row


def check(config: Any, ref: str) -> None:
    """SpecError for any shape but Llama's own, without what GGUF would need other keys for."""
    rope = getattr(config, "rope_parameters", None) or {}
    odd = {
        f"it is a {config.model_type}": config.model_type != "llama",
        "its rotary positions are scaled": rope.get("rope_type", "default") != "default",
        "its projections have biases": getattr(config, "attention_bias", False)
        or getattr(config, "mlp_bias", False),
        "its activation is another": getattr(config, "hidden_act", "silu") != "silu",
    }
    for why, found in odd.items():
        if found:
            raise SpecError(
                f"{ref} is not written as GGUF: {why}.",
                "This version writes Llama-shaped models without scaled positions, and checks them.",
                WAY_OUT,
            )


def write(model: Any, vocabulary: Vocabulary, path: Path, kind: GgufType) -> None:
    import gguf

    config = model.config
    size = gguf.GGMLQuantizationType[kind.upper()]
    writer = gguf.GGUFWriter(path, gguf.MODEL_ARCH_NAMES[gguf.MODEL_ARCH.LLAMA])
    try:
        _describe(writer, config, kind)
        _add_vocabulary(writer, vocabulary, config.vocab_size)
        names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, config.num_hidden_layers)
        for name, tensor in model.state_dict().items():
            if name == "lm_head.weight" and config.tie_word_embeddings:
                continue
            data = _ordered(name, tensor, config)
            # Norms stay as they are, and rows that no block fills stay halves.
            chosen = size
            if data.ndim == 1:
                chosen = gguf.GGMLQuantizationType.F32
            elif kind == "q8_0" and data.shape[-1] % BLOCK:
                chosen = gguf.GGMLQuantizationType.F16
            written = names.get_name(name, try_suffixes=(".weight",))
            assert written is not None, f"a Llama has no tensor {name}"
            writer.add_tensor(written, gguf.quants.quantize(data, chosen), raw_dtype=chosen)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
    finally:
        writer.close()


def read(path: Path) -> Any:
    """As transformers reads it, in float32."""
    with quiet.transformers() as transformers, redirect_stderr(StringIO()):
        from transformers.utils.quantization_config import GgufConfig

        return transformers.AutoModelForCausalLM.from_pretrained(
            path.parent,
            gguf_file=path.name,
            quantization_config=GgufConfig(dequantize=True),
            dtype="float32",
        ).eval()


def _describe(writer: Any, config: Any, kind: GgufType) -> None:
    import gguf

    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_dimension_count(_head(config))
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
    writer.add_key_length(_head(config))
    writer.add_value_length(_head(config))
    writer.add_vocab_size(config.vocab_size)
    kinds = {"f32": "ALL_F32", "f16": "MOSTLY_F16", "q8_0": "MOSTLY_Q8_0"}
    writer.add_file_type(gguf.LlamaFileType[kinds[kind]])
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)


def _add_vocabulary(writer: Any, vocabulary: Vocabulary, size: int) -> None:
    tokens, types = padded(vocabulary, size)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(vocabulary.pre)
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    writer.add_token_merges(list(vocabulary.merges))
    for name, number in vocabulary.special.items():
        getattr(writer, f"add_{name}_token_id")(number)
    writer.add_add_bos_token(vocabulary.adds_bos)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(vocabulary.chat_template)


def _head(config: Any) -> int:
    return int(getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads)


def _ordered(name: str, tensor: Any, config: Any) -> Any:
    data = tensor.detach().float().cpu().numpy()
    heads = {"q_proj": config.num_attention_heads, "k_proj": config.num_key_value_heads}
    found = next((count for part, count in heads.items() if f".{part}." in name), None)
    if found is None:
        return data
    rows, columns = data.shape
    return data.reshape(found, 2, rows // found // 2, columns).swapaxes(1, 2).reshape(rows, columns)

// The keys that a config.json may have. What a misspelt one was to say is not said.

extension ModelConfigReader {
  /// The keys that decide the function, without a variant's.
  package static let functionKeys = [
    "model_type", "state_dim", "act_dim", "hidden_size", "max_ep_len", "max_length", "vocab_size",
    "n_positions", "max_position_embeddings", "n_layer", "num_hidden_layers", "n_head",
    "num_attention_heads", "n_inner", "activation_function", "action_tanh", "layer_norm_epsilon",
    "scale_attn_weights", "scale_attn_by_inverse_layer_idx", "add_cross_attention",
  ]

  /// What Hugging Face's classes write beside them: passed over, but where the reader says otherwise.
  private static let otherKeys: Set = [
    // Of the file and the training.
    "_name_or_path", "name_or_path", "_commit_hash", "architectures", "transformers_version",
    "dtype", "torch_dtype", "use_bfloat16", "torchscript", "tf_legacy_loss", "finetuning_task",
    "problem_type", "task_specific_params", "gradient_checkpointing", "auto_map",
    "quantization_config", "per_layer_config", "pruned_heads",
    "attn_implementation", "_attn_implementation", "_attn_implementation_autoset",
    // Of GPT-2.
    "n_embd", "n_ctx", "resid_pdrop", "embd_pdrop", "attn_pdrop", "initializer_range", "use_cache",
    "reorder_and_upcast_attn", "is_causal", "summary_type", "summary_use_proj",
    "summary_activation", "summary_first_dropout", "summary_proj_to_labels",
    // Of every model.
    "return_dict", "use_return_dict", "output_hidden_states", "output_attentions",
    "tie_word_embeddings", "tie_encoder_decoder", "chunk_size_feed_forward", "is_encoder_decoder",
    "is_decoder", "cross_attention_hidden_size", "id2label", "label2id", "num_labels",
    "tokenizer_class", "prefix", "bos_token_id", "pad_token_id", "eos_token_id", "sep_token_id",
    "decoder_start_token_id",
    // Of text that is generated.
    "min_length", "do_sample", "early_stopping", "num_beams", "num_beam_groups",
    "diversity_penalty", "temperature", "top_k", "top_p", "typical_p", "repetition_penalty",
    "length_penalty", "no_repeat_ngram_size", "encoder_no_repeat_ngram_size", "bad_words_ids",
    "num_return_sequences", "output_scores", "return_dict_in_generate", "forced_bos_token_id",
    "forced_eos_token_id", "remove_invalid_values", "exponential_decay_length_penalty",
    "suppress_tokens", "begin_suppress_tokens",
  ]

  private static let knownKeys = functionKeys + ModelConfig.variantKeys

  /// In a variant's file, which no library of others writes, every other key is an error.
  static func rejectUnknownKeys(_ file: inout JSONObjectFile, isVariant: Bool) {
    guard isVariant else { return }
    for key in unknownKeys(of: file) {
      let accepted =
        hint(key, knownKeys)
        ?? "accepted: \(knownKeys.map { "\"\($0)\"" }.joined(separator: ", "))"
      file.reject(key, "is no key of such a model; \(accepted)")
    }
  }

  /// Hugging Face's files may have any: a warning where one seems to decide something.
  static func slipsOfThePen(in file: JSONObjectFile) -> [Diagnostic] {
    unknownKeys(of: file).compactMap { key in
      hint(key, functionKeys).map {
        Diagnostic(.warning, path: file.path, key: key, "is passed over; \($0)")
      }
    }
  }

  private static func hint(_ key: String, _ names: [String]) -> String? {
    if GenerationOptionsReader.keys.contains(key) { return "accepted: in codegen.json" }
    return NearestName.of(key, in: names).map { "did you mean \"\($0)\"?" }
  }

  private static func unknownKeys(of file: JSONObjectFile) -> [String] {
    file.keys.filter { !knownKeys.contains($0) && !otherKeys.contains($0) }
  }
}

/// What a trunk does for C.
package struct CTrunkFunctions {
  package let plan: Plan

  private var type: String { plan.deployment.name }
  private var hidden: Int { plan.shape.hiddenSize }
  private var capacity: Int { plan.shape.tokenCapacity! }

  package var all: [CFunction] { [forward, pastLength, reset, crop] }

  private var forward: CFunction {
    CFunction(
      "forward",
      [
        "Runs T = token_count new tokens, 1 to \(capacity) - P, through all blocks and ln_f, behind the P tokens of the cache.",
        "inputs_embeds[T][\(hidden)]: finite numbers. position_ids[T]: 0 to \(plan.network.givenEmbeddings!.positionCount - 1), rows of wpe; NULL is P, P + 1, ...",
        "attention_mask[P + T]: 1 for a token that may be seen, 0 for one that may not; NULL is all ones. use_cache: whether the",
        "new tokens stay in the cache. last_hidden_state[T][\(hidden)]: receives the result; it may not overlap inputs_embeds.",
      ],
      summary: "Runs new tokens through all blocks, behind those of the cache.",
      [
        ("token_count", .size), ("inputs_embeds", .floats), ("position_ids", .optionalIntegers),
        ("attention_mask", .optionalBytes), ("use_cache", .number),
        ("last_hidden_state", .mutableFloats),
      ],
      [
        "let tokens = Int(clamping: tokenCount), past = unsafe \(type).of(call).pointee.pastLength",
        "guard tokens <= \(capacity) - past else {",
        "  return call.end(TrunkError.cacheFull(tokens: tokens, pastLength: past, capacity: \(capacity)))",
        "}",
        "var result = unsafe UnsafeMutableBufferPointer(start: lastHiddenState, count: tokens * \(hidden)).mutableSpan",
        "do throws(TrunkError) {",
        "  try unsafe \(type).of(call).pointee.forward(",
        "    inputsEmbeds: UnsafeBufferPointer(start: inputsEmbeds, count: tokens * \(hidden)).span,",
        "    positionIDs: UnsafeBufferPointer(start: positionIds, count: positionIds == nil ? 0 : tokens).span,",
        "    attentionMask: UnsafeBufferPointer(start: attentionMask, count: attentionMask == nil ? 0 : past + tokens).span,",
        "    useCache: useCache != 0, lastHiddenState: &result)",
        "  return call.end()",
        "} catch {",
        "  return call.end(error)",
        "}",
      ])
  }

  private var pastLength: CFunction {
    CFunction(
      "past_length", ["*length: receives P, the number of tokens in the cache."],
      summary: "The number of tokens in the cache.", [("length", .mutableSize)],
      [
        "unsafe length.pointee = UInt(\(type).of(call).pointee.pastLength)", "return call.end()",
      ])
  }

  private var reset: CFunction {
    CFunction(
      "reset", ["Empties the cache."], summary: "Empties the cache.", [],
      ["unsafe \(type).of(call).pointee.reset()", "return call.end()"])
  }

  private var crop: CFunction {
    CFunction(
      "crop",
      [
        "Keeps the first length tokens of the cache; with as many as it has, or more, it stays as it is."
      ],
      summary: "Keeps the first tokens of the cache.", [("length", .size)],
      [
        "unsafe \(type).of(call).pointee.crop(to: Int(clamping: length))", "return call.end()",
      ])
  }
}

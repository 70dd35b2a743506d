// The tensors and the metadata of a safetensors file.
export function readRecording(buffer) {
  const size = Number(new DataView(buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, size)));
  const recording = { metadata: header.__metadata__ };
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    const [begin, end] = entry.data_offsets.map((offset) => 8 + size + offset);
    const bytes = buffer.slice(begin, end);
    recording[name] = entry.dtype === "F64" ? new Float64Array(bytes) : new Float32Array(bytes);
  }
  return recording;
}

// A controller in a WebAssembly module without imports, through the C interface of a generated type.

const alignment = 64;

/** The memory of a module behind its own data, given out from the front and never taken back. */
export class Room {
  constructor(instance) {
    this.memory = instance.exports.memory;
    this.top = instance.exports.__heap_base.value;
  }

  /** The address of so many bytes, at a multiple of 64. */
  place(byteCount) {
    const address = Math.ceil(this.top / alignment) * alignment;
    this.top = address + byteCount;
    const missing = this.top - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / 65536));
    return address;
  }

  /** The address of a copy of a typed array. */
  put(array) {
    const address = this.place(array.byteLength);
    new array.constructor(this.memory.buffer, address, array.length).set(array);
    return address;
  }

  floats(address, count) {
    return new Float32Array(this.memory.buffer, address, count);
  }

  /** The text at an address, up to a zero. */
  text(address) {
    const bytes = new Uint8Array(this.memory.buffer, address);
    return new TextDecoder().decode(bytes.slice(0, bytes.indexOf(0)));
  }
}

export class Controller {
  /** From the bytes of a module and of packed weights; `prefix` is that of the C functions. */
  static async make(module, weights, prefix) {
    const { instance } = await WebAssembly.instantiate(module, {});
    return new Controller(instance, weights, prefix);
  }

  constructor(instance, weights, prefix) {
    this.call = (name, ...given) => instance.exports[`${prefix}_${name}`](...given);
    const room = (this.room = new Room(instance));
    this.weights = [room.put(weights), weights.length];
    this.size = this.call("memory_size");
    this.block = room.place(this.size);
    this.stateDimension = this.call("state_dimension");
    this.actionDimension = this.call("action_dimension");
    this.state = room.place(4 * this.stateDimension);
    this.action = room.place(4 * this.actionDimension);
    this.handlePlace = room.place(4);
  }

  /** The status of the call; afterwards `handle` is the controller, or 0. */
  create(block = this.block, size = this.size, weights = this.weights) {
    const status = this.call("create_with_weights", block, size, ...weights, this.handlePlace);
    this.handle = new DataView(this.room.memory.buffer).getUint32(this.handlePlace, true);
    return status;
  }

  /** What the self test says; a controller ends. */
  selfTest() {
    const status = this.call("self_test_with_weights", this.block, this.size, ...this.weights);
    return this.room.text(this.call("status_message", status));
  }

  /** The action for a state, valid until the next one. */
  act(state, reward) {
    this.room.floats(this.state, this.stateDimension).set(state);
    this.require(this.call("act", this.handle, this.state, reward, this.action));
    return this.room.floats(this.action, this.actionDimension);
  }

  require(status) {
    if (status !== 0) throw new Error(this.room.text(this.call("last_error", this.handle)));
  }
}

/// The agreement between generated code and this library, version 2: the names, meanings and layouts
/// that generated files use.
///
/// Every generated file names this type once. When a change to the library would break files that
/// exist, this type becomes `GeneratedCodeFormat3`, and version 2 stays behind as an unavailable
/// declaration whose message says how to generate the files anew. A stale file then stops the build
/// with that message, and a file from a newer generator with "cannot find type".
public enum GeneratedCodeFormat2 {}

/// Version 1, in which generated code worked with pointers.
@available(
  *, unavailable,
  message: "this file was generated for an older DecisionTransformer library: generate it anew"
)
public enum GeneratedCodeFormat1 {}

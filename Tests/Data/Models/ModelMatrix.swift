// The models in the folders beside this file become types through the build-tool plugin, as they do
// in a user's target. Tests/Tools/Oracle/record.py makes the folders; Tests/MatrixTests drives the types.
// BoundedLoop, BoundedLoopOfTwo, ExactReturns, ForwardLater and LaterStart have the checkpoints of others, and options that
// Hugging Face's loop has not: their codegen.json is written by hand.

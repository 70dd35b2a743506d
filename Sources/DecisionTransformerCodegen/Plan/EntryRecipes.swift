/// Block 0 in terms of an input of the network, for the carried form: `CarriedOperations` has the formulas.
///
/// The block's maps are multiplied out as they are stored, so that this is the same function as theirs.
package struct EntryRecipes {
  /// To a token's value and the inner row of that, side by side, and to its query. The last rows belong to the
  /// embedding's bias and to embed_ln's shift.
  package let value: TensorRecipe
  package let query: TensorRecipe
  /// To the token's inner row; the last row belongs to the embedding's bias.
  package let inner: TensorRecipe

  package init(_ input: EntryInput, _ recipes: Recipes) {
    func stored(_ content: PackedTensor.Content, _ name: String) -> TensorRecipe {
      let recipe = recipes.recipe(of: content)
      return TensorRecipe(
        .named(name, .rounded(recipe.weights, recipes.deployment.format(of: name))),
        bias: recipe.bias)
    }
    let embedding = recipes.recipe(of: .embed(input))
    // Under the names of the packed tensors.
    let queryMap = stored(.fusedQuery(layer: 0), "layer0.query")
    let output = stored(.fusedOutput(layer: 0), "layer0.output")
    let innerWeights = stored(.inner(layer: 0), "layer0.inner").weights
    let rows = Recipe.named(
      "embedded",
      .centred(
        .scaledColumns(
          .centred(.below(embedding.weights, embedding.bias!)),
          by: recipes.recipe(of: .embedNormGain).weights)))
    let shiftRow = Recipe.named("shift", .centred(recipes.recipe(of: .embedNormShift).weights))
    let entryRows = Recipe.below(rows, shiftRow)

    // A value, and that value as ln_2 without its deviation and c_fc without its biases see it.
    func carried(_ values: Recipe) -> Recipe {
      .beside(values, .product(.centred(values), innerWeights))
    }
    value = TensorRecipe(
      carried(.named("value", .product(entryRows, output.weights))),
      bias: carried(.named("constant", output.bias!)))
    query = TensorRecipe(.product(entryRows, queryMap.weights), bias: queryMap.bias)
    inner = TensorRecipe(.product(rows, innerWeights), bias: .product(shiftRow, innerWeights))
  }
}

/// ln_1, ln_2 and ln_f are folded into the maps behind them: `Recipes` calls this where a map reads a normalised row.
extension TensorRecipe {
  /// y = x·weights + bias of a normalised row n, which equals this map of n∘gain + shift; without a norm this map.
  package func afterNorm(_ norm: ModuleName?, size: Int) -> TensorRecipe {
    guard let norm else { return self }
    let gain = Recipe.tensor(norm.weight, rows: 1, columns: size)
    let shift = Recipe.tensor(norm.bias, rows: 1, columns: size)
    return TensorRecipe(.scaledRows(weights, by: gain), bias: adding(.product(shift, weights)))
  }
}

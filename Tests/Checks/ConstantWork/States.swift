/// Of models whose states are vectors.
func component(_ number: Float) -> Float { number }

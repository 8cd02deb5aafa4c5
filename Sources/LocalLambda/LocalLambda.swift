// LocalLambda

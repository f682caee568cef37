namespace Memento.Queries.Evaluation;

/// <summary>Calculates; false where C# would throw.</summary>
internal delegate bool Calculation<T>(T left, T right, out T result);

namespace Memento.Queries;

/// <summary>One step of a path in a guard.</summary>
/// <param name="Text">The name of a property, or the text of a key.</param>
/// <param name="IsKey">Whether it is a key of the dictionary before it.</param>
internal readonly record struct GuardPathStep(string Text, bool IsKey);

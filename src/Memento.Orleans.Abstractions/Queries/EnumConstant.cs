namespace Memento.Queries;

/// <summary>
/// A value of an enum without its CLR type, which the receiver of a guard may not load on request.
/// </summary>
/// <param name="TypeName">The enum's full name; the property's enum must have the same.</param>
/// <param name="Text">The value's name, for people.</param>
/// <param name="Number">The value as its underlying integer.</param>
internal sealed record EnumConstant(string TypeName, string Text, object Number);

using System.Text;

namespace Memento.Queries;

/// <summary>
/// A property of the record or item, one of an object in it, or the value of a key in a dictionary:
/// <c>Address.City</c>, <c>Meta["colour"]</c>. A property of null is null.
/// </summary>
internal sealed class PropertyOperand : Operand
{
    public PropertyOperand(string name)
        : base(GuardSize.Nothing)
    {
        ArgumentException.ThrowIfNullOrEmpty(name, "property");
        Name = name;
    }

    /// <summary>The name, or a path as <see cref="GuardPath"/> reads it.</summary>
    public string Name { get; }

    /// <summary>An item is called as <see cref="ItemOperand"/> calls it.</summary>
    public override void AppendTo(StringBuilder text)
        => text.Append(Name.StartsWith(Guard.Item, StringComparison.Ordinal) ? Name[1..] : Name);
}

using System.Text;

namespace Memento.Queries;

/// <summary>A part of a guard that has a value.</summary>
internal abstract class Operand
{
    protected Operand(GuardSize size)
    {
        size.Require();
        Size = size;
    }

    /// <summary>
    /// What it adds to the size of its node: nothing, except for calculations and functions.
    /// </summary>
    public GuardSize Size { get; }

    public abstract void AppendTo(StringBuilder text);

    public override string ToString()
    {
        var text = new StringBuilder();
        AppendTo(text);
        return text.ToString();
    }
}

/// <summary>
/// A property of the record or item, a property of an object in it, or the value of a key in a
/// dictionary: <c>Address.City</c>, <c>Meta["colour"]</c>. A property of null is null.
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

    /// <summary>Writes an item as <see cref="ItemOperand"/> does.</summary>
    public override void AppendTo(StringBuilder text)
        => text.Append(Name.StartsWith(Guard.Item, StringComparison.Ordinal) ? Name[1..] : Name);
}

/// <summary>A value that is the same for every record.</summary>
internal sealed class ConstantOperand(object? value) : Operand(GuardSize.Nothing)
{
    /// <summary>Null, or a value of a type that <see cref="GuardConstant"/> accepts.</summary>
    public object? Value { get; } = GuardConstant.Normalize(value);

    public override void AppendTo(StringBuilder text) => GuardConstant.AppendTo(text, Value);
}

using System.Text;

namespace Memento.Queries;

/// <summary>
/// A property of the record or item, or one of an object in it: <c>Address.City</c>. A property of
/// null is null.
/// </summary>
internal sealed class PropertyOperand : Operand
{
    public PropertyOperand(string name)
        : base(GuardSize.Nothing)
    {
        ArgumentException.ThrowIfNullOrEmpty(name, "property");
        Name = name;
    }

    /// <summary>The name, or names with dots between.</summary>
    public string Name { get; }

    public override void AppendTo(StringBuilder text) => text.Append(Name);
}

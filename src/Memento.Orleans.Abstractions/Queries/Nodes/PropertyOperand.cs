using System.Text;

namespace Memento.Queries;

/// <summary>A property of the record.</summary>
internal sealed class PropertyOperand : Operand
{
    public PropertyOperand(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name, "property");
        Name = name;
    }

    public string Name { get; }

    public override void AppendTo(StringBuilder text) => text.Append(Name);
}

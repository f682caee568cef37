using System.Reflection;
using System.Text.Json.Serialization.Metadata;
using Memento.Keys;

namespace Memento.Tables.Documents;

/// <summary>
/// Finds state of a type that its documents do not have. Every field must belong to a stored
/// property, or the application must say that it is left out.
/// </summary>
internal sealed class StateRules(JsonTypeInfo info)
{
    private const string OrIgnore =
        "or mark it with [JsonIgnore] if a record is the same without it";

    private readonly StoredState _state = new(info);

    private string Owner => $"'{TypeName.Of(info.Type)}'";

    /// <summary>
    /// The first member that would be lost, and the broken rule; null: there is none.
    /// </summary>
    public (string Member, string Rule)? Find()
    {
        FieldInfo? lost = StoredState.FieldsOf(info.Type)
            .FirstOrDefault(
                field => !_state.Keeps(field) && !StoredState.IsLeftOut(field, info.Type));
        return lost is null ? null
            : StoredState.BackedProperty(lost) is { } property ? OfProperty(property)
            : (lost.Name, OfField(lost));
    }

    private string OfField(FieldInfo field)
        => field.IsPublic
            ? $"the public field '{field.Name}' of {Owner} would not be stored; make it a property "
                + "with a getter and a setter (for a tuple, use a record)."
            : Framework.Has(field.DeclaringType!)
                ? $"JSON would not hold all of {Owner}; use another type."
                : $"the private field '{field.Name}' of {Owner} would not be stored, because no "
                    + "stored property gives what it holds; make it a public property, mark it "
                    + $"with [JsonInclude], {OrIgnore}.";

    private (string Member, string Rule) OfProperty(PropertyInfo property)
    {
        string name = property.Name;
        if (info.Properties.Any(member => member.AttributeProvider is PropertyInfo other
            && other.Name == name && other.DeclaringType != property.DeclaringType))
        {
            return (name,
                $"'{name}' of '{TypeName.Of(property.DeclaringType!)}' would not be stored, "
                + $"because {Owner} hides it behind a property of the same name; rename one of "
                + "them, or make them virtual and override.");
        }

        return property.GetMethod is not { IsPublic: true }
            ? (name,
                $"the private property '{name}' of {Owner} would not be stored; make it public, "
                + $"mark it with [JsonInclude], {OrIgnore}.")
            : (name,
                $"'{name}' of {Owner} would not be stored, because it cannot be set when a record "
                + "is read; give it a setter ('init' will do) or a constructor parameter, or mark "
                + "it with [JsonIgnore].");
    }
}

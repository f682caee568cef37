using System.Reflection;
using Memento.Keys;

namespace Memento.Tables;

/// <summary>
/// Reads the indexes of a table from the attributes and the options, and checks every rule.
/// </summary>
internal sealed class IndexReader(
    Type recordType,
    TableOptions options,
    TableType type,
    IReadOnlyList<PropertyInfo> stored,
    IReadOnlyList<PropertyInfo> key)
{
    private readonly List<IndexInfo> _indexes = [];

    /// <summary>
    /// The indexes on one property, in the order of the properties, then the indexes on several.
    /// </summary>
    /// <exception cref="InvalidTableException">A rule is broken.</exception>
    public IReadOnlyList<IndexInfo> Read()
    {
        ReadProperties();
        ReadType();
        ReadOptions();
        foreach (IndexInfo index in _indexes)
            Check(index);

        CheckNames();
        return [.. _indexes.OrderBy(PlaceOf)];
    }

    private static string NameOf(IndexInfo index) => string.Join(", ", index.Properties);

    private void ReadProperties()
    {
        foreach (PropertyInfo property in stored)
        {
            foreach (IndexAttribute attribute in AttributesOf(property))
            {
                if (attribute.Properties.Count > 0)
                    throw Invalid(
                        property.Name,
                        "an [Index] on a property has no names, because it is on that property; "
                        + "put one on several properties on the type, as in [Index(\"Director\", "
                        + "\"Year\")].");

                AddNew(new IndexInfo(property.Name, attribute.Unique));
            }
        }
    }

    /// <summary>
    /// The attributes of the property itself; they count over those of the overridden property.
    /// </summary>
    private static IndexAttribute[] AttributesOf(PropertyInfo property)
    {
        IndexAttribute[] own =
            [.. property.GetCustomAttributes<IndexAttribute>(inherit: false)];
        return own.Length > 0
            ? own
            : [.. property.GetCustomAttributes<IndexAttribute>(inherit: true)];
    }

    private void ReadType()
    {
        foreach (IndexAttribute attribute in
            recordType.GetCustomAttributes<IndexAttribute>(inherit: true))
        {
            if (attribute.Properties.Count == 0)
                throw Invalid(
                    null,
                    "an [Index] on a type names its properties, as in [Index(\"Director\", "
                    + "\"Year\")]; give it the names, or put it on a property.");

            CheckStored(attribute.Properties, "an [Index] on the type names it");
            AddNew(new IndexInfo(attribute.Properties, attribute.Unique));
        }
    }

    private void ReadOptions()
    {
        foreach (IndexInfo index in options.Indexes)
        {
            CheckStored(index.Properties, "the options name an index on it");
            _indexes.RemoveAll(other => other.Properties.SequenceEqual(index.Properties));
            _indexes.Add(index);
        }
    }

    private void CheckStored(IReadOnlyList<string> properties, string whoNamesIt)
    {
        foreach (string name in properties)
        {
            if (PropertyOf(name) is null)
                throw Invalid(
                    name,
                    $"{whoNamesIt}, but the type has no stored property of this name; stored are "
                    + $"{string.Join(", ", stored.Select(property => property.Name))}.");
        }
    }

    private void AddNew(IndexInfo index)
    {
        if (_indexes.Exists(other => other.Properties.SequenceEqual(index.Properties)))
            throw Invalid(NameOf(index), "it has the same index twice; remove one of them.");

        _indexes.Add(index);
    }

    private void Check(IndexInfo index)
    {
        foreach (string name in index.Properties)
        {
            if (index.Properties.Count(other => other == name) > 1)
                throw Invalid(name, "an index names it twice; name each property once.");

            Type propertyType = PropertyOf(name)!.PropertyType;
            if (!KeyComponents.TryGet(propertyType, out _))
                throw Invalid(
                    name,
                    $"an index cannot be of type '{TypeName.Of(propertyType)}', only of "
                    + $"{KeyComponents.Supported}. Remove the index or change the property's "
                    + "type.");
        }

        if (index.Properties.SequenceEqual(key.Select(property => property.Name)))
            throw Invalid(
                NameOf(index), "the primary key is found by itself; remove the index on it.");

        if (index.Unique && type == TableType.Bag)
            throw Invalid(
                NameOf(index),
                "a unique index needs one record for each key, and a bag has several; make the "
                + "table a Set or an OrderedSet, or the index not unique.");
    }

    /// <summary>A name becomes a part of SQL names, in which case may not matter.</summary>
    private void CheckNames()
    {
        var byName = new Dictionary<string, IndexInfo>(StringComparer.OrdinalIgnoreCase);
        foreach (IndexInfo index in _indexes)
        {
            if (!byName.TryAdd(index.Name, index))
                throw Invalid(
                    NameOf(index),
                    $"the index on it would have the name of that on {NameOf(byName[index.Name])}, "
                    + $"'{index.Name}' (case does not count); rename a property, or remove one of "
                    + "the indexes.");
        }
    }

    private int PlaceOf(IndexInfo index)
    {
        if (index.Properties.Count > 1) return stored.Count;

        int place = 0;
        while (stored[place].Name != index.Properties[0])
            place++;

        return place;
    }

    private PropertyInfo? PropertyOf(string name)
        => stored.FirstOrDefault(property => property.Name == name);

    private InvalidTableException Invalid(string? property, string rule)
        => new(TypeName.Of(recordType), property, rule);
}

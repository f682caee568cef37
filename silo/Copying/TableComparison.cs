using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Memento.Silo.Copying;

/// <summary>The records of a table in two storages, compared by their content.</summary>
/// <param name="Name">The table.</param>
/// <param name="Lacks">A record of the source that the target lacks; null for none.</param>
/// <param name="Extra">How many records only the target has.</param>
internal sealed record TableComparison(string Name, string? Lacks, long Extra)
{
    /// <summary>How much of a record a message shows.</summary>
    private const int MostShown = 200;

    private static readonly JsonSerializerOptions Options = new()
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LeaveOutComputed } },
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        MaxDepth = 1_000,
    };

    /// <param name="name">The table.</param>
    /// <param name="source">The records of the source, by key.</param>
    /// <param name="target">The records of the target, by key too.</param>
    public static async Task<TableComparison> MakeAsync<T>(
        string name, IAsyncEnumerable<T> source, IAsyncEnumerable<T> target)
    {
        long extra = 0;
        await using IAsyncEnumerator<T> copies = target.GetAsyncEnumerator();
        await foreach (T record in source)
        {
            JsonNode? content = ContentOf(record);
            bool isThere = false;
            while (!isThere && await copies.MoveNextAsync())
            {
                // A storage may change the order of the properties in an object.
                isThere = JsonNode.DeepEquals(content, ContentOf(copies.Current));
                if (!isThere) extra++;
            }

            if (!isThere) return new TableComparison(name, Shorten(content), extra);
        }

        while (await copies.MoveNextAsync())
            extra++;
        return new TableComparison(name, Lacks: null, extra);
    }

    public override string ToString() => Lacks is not null
        ? $"{Name} does not have this record of the source in the target: {Lacks}"
        : string.Create(
            CultureInfo.InvariantCulture, $"{Name} has {Extra:N0} records in the target only");

    private static JsonNode? ContentOf<T>(T record)
        => JsonSerializer.SerializeToNode(record, Options);

    private static string Shorten(JsonNode? content)
    {
        string text = content?.ToJsonString() ?? "null";
        return text.Length <= MostShown ? text : $"{text[..MostShown]}…";
    }

    /// <summary>A property that cannot be read back is no content.</summary>
    private static void LeaveOutComputed(JsonTypeInfo type)
    {
        for (int index = type.Properties.Count - 1; index >= 0; index--)
        {
            JsonPropertyInfo property = type.Properties[index];
            bool isContent = property.Set is not null || property.AssociatedParameter is not null
                || property.ObjectCreationHandling == JsonObjectCreationHandling.Populate;
            if (property.Get is not null && !isContent) type.Properties.RemoveAt(index);
        }
    }
}

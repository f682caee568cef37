namespace Memento.Tables;

/// <summary>How a table's stores are named in the durable storage.</summary>
internal static class StoreNames
{
    /// <summary>The entries of a unique index, given by its name: <c>Account$Email</c>.</summary>
    public static string OfUniqueIndex(string table, string index) => $"{table}${index}";

    /// <summary>All stores of a table, the records first.</summary>
    public static IEnumerable<string> Of(TableSchema schema)
        => schema.Indexes
            .Where(static index => index.Unique)
            .Select(index => OfUniqueIndex(schema.Name, index.Name))
            .Prepend(schema.Name);
}

namespace Memento.Tables;

/// <summary>
/// The rule for the name of a table. The name becomes a part of SQL names and of grain ids, so it
/// must be valid, and mean the same, in all of them.
/// </summary>
internal static class TableName
{
    private static readonly string[] ReservedPrefixes = ["memento_", "sqlite_"];

    /// <summary>The rule that the name breaks, or null if it is valid.</summary>
    public static string? BrokenRule(string name)
    {
        if (name.Length == 0) return "its name is empty; give it one of letters, digits and '_'.";
        if (name.Length > TableDefinition.MaxNameLength)
            return $"its name '{name}' has {name.Length} characters; use at most "
                + $"{TableDefinition.MaxNameLength}.";
        if (name.FirstOrDefault(letter => !char.IsAsciiLetterOrDigit(letter) && letter != '_')
            is var wrong and not '\0')
            return $"its name '{name}' has the character '{wrong}'; use the letters A to Z and a "
                + "to z, digits and '_', for example with [Table(Name = \"…\")].";
        if (!char.IsAsciiLetter(name[0]))
            return $"its name '{name}' does not start with a letter; let it start with one.";

        string? reserved = ReservedPrefixes.FirstOrDefault(
            prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
        return reserved is null
            ? null
            : $"its name '{name}' starts with '{reserved}', which is kept for tables that are not "
                + "the application's; choose another name.";
    }
}

/// <summary>
/// Names the encoding of the values of a type in keys. Types with the same name have the same
/// bytes, so a property may change from one type to the other: an int to a long, an enum to its
/// integer.
/// </summary>
internal static class EncodingName
{
    public static string Of(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.SByte or TypeCode.Int16 or TypeCode.Int32 or TypeCode.Int64 => "int64",
        TypeCode.Byte or TypeCode.UInt16 or TypeCode.UInt32 => "int64",
        TypeCode.UInt64 => "uint64",
        TypeCode.Single or TypeCode.Double => "double",
        TypeCode.Boolean => "bool",
        TypeCode.Char => "char",
        TypeCode.Decimal => "decimal",
        TypeCode.String => "string",
        TypeCode.DateTime => "datetime",
        _ => type.Name.ToLowerInvariant(),
    };
}

/// <summary>The names of the parts of a table in the durable storage.</summary>
internal static class StorageNames
{
    /// <summary>The name for the values of a unique index: <c>Account$Email</c>.</summary>
    public static string OfUniqueIndex(string table, string index) => $"{table}${index}";

    /// <summary>
    /// The name for the records that were set aside because their type cannot read them. No index
    /// has this name, because no property has a <c>$</c> in its own.
    /// </summary>
    public static string OfUnreadable(string table) => $"{table}$$unreadable";

    /// <summary>
    /// The name for the transactions that are prepared, and wait for a decision of others.
    /// </summary>
    public static string OfPrepared(string table) => $"{table}$$prepared";

    /// <summary>
    /// The decisions about transactions that participants of others wait for. No table has this
    /// name, because no type has a <c>$</c> in its own.
    /// </summary>
    public const string Decisions = "$$decisions";

    /// <summary>All parts of a table: the records, then the values of its unique indexes.</summary>
    public static IEnumerable<string> Of(TableSchema schema)
        => schema.Indexes
            .Where(static index => index.Unique)
            .Select(index => OfUniqueIndex(schema.Name, index.Name))
            .Prepend(schema.Name);
}

namespace Memento.Tables;

/// <summary>
/// What a table may be named: the name becomes a part of SQL names and of grain ids, so that it
/// must be valid, and mean the same, in all of them.
/// </summary>
internal static class TableName
{
    private static readonly string[] ReservedPrefixes = ["memento_", "sqlite_"];

    /// <summary>The rule that the name breaks, or null where it is valid.</summary>
    public static string? BrokenRule(string name)
    {
        if (name.Length == 0)
            return "its name is empty; give it one of letters, digits and '_'.";
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

using System.Globalization;
using System.Text.Json;
using Memento.Keys;

namespace Memento.Tables;

/// <summary>The error of a stored record that its record type cannot read.</summary>
internal static class UnreadableRecord
{
    private const string Remedy =
        "Change the type so that it reads the stored documents, repair the document in the "
        + "storage, or set Memento:UnreadableRecords to SetAside, which loads the table without "
        + "such records and keeps them.";

    /// <param name="table">The table.</param>
    /// <param name="storedKey">The key bytes; in a bag with the sequence behind them.</param>
    /// <param name="reason">Why the document cannot be read.</param>
    public static StorageException Error(
        TableDefinition table, ReadOnlySpan<byte> storedKey, Exception reason)
    {
        string place = PropertyOf(reason) is { } property ? $" at the property '{property}'" : "";
        return new StorageException(
            $"The record of table '{table.Name}' with the key {Describe(table, storedKey)} cannot "
            + $"be read: its document does not fit the type '{TypeName.Of(table.RecordType)}'"
            + $"{place}. {reason.Message} {Remedy}",
            reason);
    }

    /// <summary>The error of a row whose document has another key than the row.</summary>
    public static StorageException OtherKey(TableDefinition table, ReadOnlySpan<byte> storedKey)
        => new(
            $"The row of table '{table.Name}' with the key {Describe(table, storedKey)} has a "
            + "document with another key. It was changed outside Memento: correct the document, "
            + "or delete the row.");

    /// <summary>The path of the property, with the names that the document has.</summary>
    private static string? PropertyOf(Exception reason)
        => (reason as JsonException)?.Path?.TrimStart('$', '.') is { Length: > 0 } path
            ? path
            : null;

    private static string Describe(TableDefinition table, ReadOnlySpan<byte> storedKey)
    {
        string bytes = $"bytes {Convert.ToHexString(storedKey)}";
        bool hasSuffix = table.Type == TableType.Bag && storedKey.Length >= KeyBytes.SuffixLength;
        try
        {
            object key = table.KeyCodec.Decode(
                hasSuffix ? KeyBytes.WithoutSuffix(storedKey) : storedKey);
            return $"{Convert.ToString(key, CultureInfo.InvariantCulture)} ({bytes})";
        }
        catch (InvalidDataException)
        {
            // The key too was changed outside Memento.
            return $"of {bytes}";
        }
    }
}

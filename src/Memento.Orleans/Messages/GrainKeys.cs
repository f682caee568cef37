using System.Globalization;
using Memento.Keys;

namespace Memento.Messages;

/// <summary>The id of an index grain: <c>table/partition</c>.</summary>
internal static class IndexGrainKey
{
    public static string Of(string table, int number)
        => string.Create(CultureInfo.InvariantCulture, $"{table}/{number}");

    public static (string Table, int Number) Parse(string key)
    {
        int slash = key.LastIndexOf('/');
        return (key[..slash], int.Parse(key.AsSpan(slash + 1), CultureInfo.InvariantCulture));
    }
}

/// <summary>The id of a record grain: <c>table/key</c>, the key's bytes in hexadecimal.</summary>
internal static class RecordGrainKey
{
    public static string Of(string table, Key key) => $"{table}/{Convert.ToHexString(key.Bytes)}";

    public static (string Table, Key Key) Parse(string grainKey)
    {
        int slash = grainKey.LastIndexOf('/');
        return (grainKey[..slash], new Key(Convert.FromHexString(grainKey.AsSpan(slash + 1))));
    }
}

/// <summary>Where Orleans keeps which silo has which grain.</summary>
internal static class StoreDirectory
{
    /// <summary>
    /// The grain directory of the store's grains. A silo that leaves Orleans' default directory
    /// takes with it grains of the other silos, and with them their records in ram.
    /// </summary>
    public const string Name = "memento";
}

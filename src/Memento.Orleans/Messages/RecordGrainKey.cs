using Memento.Keys;

namespace Memento.Messages;

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

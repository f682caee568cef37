namespace Memento.Tests.Consistency;

/// <summary>An append to a list, or a read of one.</summary>
/// <param name="Key">The list.</param>
/// <param name="Appended">The appended value; null for a read.</param>
/// <param name="Seen">The values that were read; null for an append.</param>
internal sealed record ListOperation(int Key, int? Appended, IReadOnlyList<int>? Seen)
{
    public static ListOperation Append(int key, int value) => new(key, value, null);

    public static ListOperation Read(int key, params int[] values) => new(key, null, values);

    public override string ToString()
        => Seen is null
            ? $"append {Appended} to {Key}"
            : $"read {Key} as [{string.Join(' ', Seen)}]";
}

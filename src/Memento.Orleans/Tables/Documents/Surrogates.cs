using System.Text.Json;

namespace Memento.Tables.Documents;

/// <summary>
/// Refuses text that is not valid UTF-16: JSON in UTF-8 cannot hold it, and the writer would put
/// U+FFFD in its place without a word, so that what is read back is not what was written.
/// </summary>
internal static class Surrogates
{
    /// <summary>The index of the first half of a pair that lacks the other; -1: there is none.</summary>
    public static int FindUnpaired(ReadOnlySpan<char> text)
    {
        int start = text.IndexOfAnyInRange('\uD800', '\uDFFF');
        if (start < 0) return -1;

        for (int i = start; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1])) return i;

            i++;
        }

        return -1;
    }

    /// <summary>What is wrong with a text, as the end of a sentence about it.</summary>
    public static string Reason(ReadOnlySpan<char> text, int index)
        => $"has half of a surrogate pair (U+{(int)text[index]:X4}) at index {index}, which UTF-8 "
            + "cannot hold; remove it, or keep the text as byte[]";

    public static void RefuseUnpaired(ReadOnlySpan<char> text)
    {
        int index = FindUnpaired(text);
        if (index >= 0) throw new JsonException($"a text {Reason(text, index)}");
    }
}

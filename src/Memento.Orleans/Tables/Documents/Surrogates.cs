using System.Text.Json;

namespace Memento.Tables.Documents;

/// <summary>
/// Refuses text that is not valid UTF-16: JSON in UTF-8 cannot hold it, and the writer would put
/// U+FFFD in its place without a word, so that what is read back is not what was written.
/// </summary>
internal static class Surrogates
{
    public static void RefuseUnpaired(ReadOnlySpan<char> text)
    {
        int start = text.IndexOfAnyInRange('\uD800', '\uDFFF');
        if (start < 0)
            return;

        for (int i = start; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                throw new JsonException(
                    $"a text has half of a surrogate pair (U+{(int)text[i]:X4}) at index {i}, "
                    + "which UTF-8 cannot hold; remove it, or keep the text as byte[]");

            i++;
        }
    }
}

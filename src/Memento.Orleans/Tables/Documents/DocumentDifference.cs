using System.Text.Json;

namespace Memento.Tables.Documents;

/// <summary>Where two documents of one type are not the same, for messages.</summary>
internal static class DocumentDifference
{
    /// <summary>The path of the first difference; empty where it cannot be told.</summary>
    public static string PathOf(byte[] left, byte[] right)
    {
        var depth = new JsonDocumentOptions { MaxDepth = DocumentFormat.MaxDepth };
        using JsonDocument one = JsonDocument.Parse(left, depth);
        using JsonDocument other = JsonDocument.Parse(right, depth);
        return Find(one.RootElement, other.RootElement)?.TrimStart('.') ?? "";
    }

    private static string? Find(JsonElement left, JsonElement right)
    {
        if (left.ValueKind == JsonValueKind.Object && right.ValueKind == JsonValueKind.Object)
            return FindInObjects(left, right);
        if (left.ValueKind == JsonValueKind.Array && right.ValueKind == JsonValueKind.Array)
            return FindInArrays(left, right);

        return left.ValueKind == right.ValueKind && left.GetRawText() == right.GetRawText()
            ? null
            : "";
    }

    private static string? FindInObjects(JsonElement left, JsonElement right)
    {
        foreach (JsonProperty member in left.EnumerateObject())
        {
            string? found = right.TryGetProperty(member.Name, out JsonElement other)
                ? Find(member.Value, other)
                : "";
            if (found is not null) return $".{member.Name}{found}";
        }

        return left.GetPropertyCount() == right.GetPropertyCount() ? null : "";
    }

    private static string? FindInArrays(JsonElement left, JsonElement right)
    {
        if (left.GetArrayLength() != right.GetArrayLength()) return "";

        for (int index = 0; index < left.GetArrayLength(); index++)
        {
            if (Find(left[index], right[index]) is { } found) return $"[{index}]{found}";
        }

        return null;
    }
}

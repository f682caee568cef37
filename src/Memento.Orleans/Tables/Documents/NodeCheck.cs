using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Memento.Tables.Documents;

/// <summary>
/// JSON that was built in memory: its texts go past the converter that refuses what UTF-8 cannot hold.
/// Where it cannot be written at all, the way into a document and back tells why; that measures it too.
/// </summary>
internal sealed class NodeCheck<T>(JsonTypeInfo<T> type) : ValueCheck<T?>
    where T : JsonNode
{
    public override RecordFault? Find(T? value, int depth, ref long size)
    {
        if (value is null) return null;

        try
        {
            byte[] document = JsonSerializer.SerializeToUtf8Bytes(value, type);
            return JsonNode.DeepEquals(value, JsonSerializer.Deserialize(document, type))
                ? null
                : new RecordFault("is JSON that would be read as another; give it text without half "
                    + "surrogate pairs");
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return null;
        }
    }
}

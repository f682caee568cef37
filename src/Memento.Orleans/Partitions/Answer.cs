using Memento.Tables;

namespace Memento.Partitions;

/// <summary>
/// The result of an operation in a message: records as their documents, everything else unchanged.
/// </summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.Answer")]
internal sealed record Answer
{
    /// <summary>
    /// The bytes of documents after which a message ends. The caller asks again for the rest.
    /// </summary>
    public const int MaxBytes = 1_048_576;

    /// <summary>The answer of an operation without a result.</summary>
    public static readonly Answer Empty = new();

    /// <summary>A number, or 1 for true.</summary>
    [Id(0)]
    public long Number { get; init; }

    /// <summary>Documents of records, or bytes of keys; null: there is none.</summary>
    [Id(1)]
    public byte[][]? Items { get; init; }

    /// <summary>The properties of a chunk, without its records.</summary>
    [Id(2)]
    public ChunkHead? Chunk { get; init; }

    /// <summary>An estimate of its bytes in a message.</summary>
    public long Size
    {
        get
        {
            long size = 0;
            foreach (byte[] item in Items ?? [])
                size += item.Length;
            foreach (byte[] place in Chunk?.Places ?? [])
                size += place.Length;
            foreach (GroupCount group in Chunk?.Groups ?? [])
                size += group.Value.Length + sizeof(long);
            return size;
        }
    }
}

/// <summary>Converts a result to an answer, and an answer to a result.</summary>
internal abstract class AnswerCodec<TResult>
{
    public abstract Answer Encode(TableDefinition table, TResult result);

    /// <exception cref="InvalidDataException">The answer belongs to another operation.</exception>
    public abstract TResult Decode(TableDefinition table, Answer answer);
}

/// <summary>The codecs of all results.</summary>
internal static class AnswerCodecs
{
    /// <summary>The codec of no result.</summary>
    public static AnswerCodec<Done> Done { get; } = new DoneAnswer();

    /// <summary>The codec of a truth value.</summary>
    public static AnswerCodec<bool> Flag { get; } = new FlagAnswer();

    /// <summary>The codec of a number.</summary>
    public static AnswerCodec<long> Number { get; } = new NumberAnswer();

    /// <summary>The codec of the bytes of a key, or null.</summary>
    public static AnswerCodec<byte[]?> Key { get; } = new KeyAnswer();

    /// <summary>The codec of the bytes of keys.</summary>
    public static AnswerCodec<byte[][]> Keys { get; } = new KeysAnswer();

    /// <summary>The codec of a record, or null.</summary>
    public static AnswerCodec<object?> Record { get; } = new RecordAnswer();

    /// <summary>The codec of records.</summary>
    public static AnswerCodec<object[]> Records { get; } = new RecordsAnswer();

    /// <summary>The codec of a part of the records of a query.</summary>
    public static AnswerCodec<Chunk> Chunk { get; } = new ChunkAnswer();

    private static T Require<T>(T? part)
        where T : class
        => part ?? throw new InvalidDataException(
            "The answer of a partition is not one of the operation that it was asked. Use the "
            + "same version of Memento.Orleans in clients and silos.");

    private static byte[] RequireOne(Answer answer)
        => Require(answer.Items is [var only] ? only : null);

    private sealed class DoneAnswer : AnswerCodec<Done>
    {
        public override Answer Encode(TableDefinition table, Done result) => Answer.Empty;

        public override Done Decode(TableDefinition table, Answer answer) => default;
    }

    private sealed class FlagAnswer : AnswerCodec<bool>
    {
        private static readonly Answer True = new() { Number = 1 };

        public override Answer Encode(TableDefinition table, bool result)
            => result ? True : Answer.Empty;

        public override bool Decode(TableDefinition table, Answer answer) => answer.Number != 0;
    }

    private sealed class NumberAnswer : AnswerCodec<long>
    {
        public override Answer Encode(TableDefinition table, long result)
            => new() { Number = result };

        public override long Decode(TableDefinition table, Answer answer) => answer.Number;
    }

    private sealed class KeyAnswer : AnswerCodec<byte[]?>
    {
        public override Answer Encode(TableDefinition table, byte[]? result)
            => result is null ? Answer.Empty : new Answer { Items = [result] };

        public override byte[]? Decode(TableDefinition table, Answer answer)
            => answer.Items is null ? null : RequireOne(answer);
    }

    private sealed class KeysAnswer : AnswerCodec<byte[][]>
    {
        public override Answer Encode(TableDefinition table, byte[][] result)
            => new() { Items = result };

        public override byte[][] Decode(TableDefinition table, Answer answer)
            => Require(answer.Items);
    }

    private sealed class RecordAnswer : AnswerCodec<object?>
    {
        public override Answer Encode(TableDefinition table, object? result)
            => result is null ? Answer.Empty : new Answer { Items = [table.Serialize(result)] };

        public override object? Decode(TableDefinition table, Answer answer)
            => answer.Items is null ? null : table.Deserialize(RequireOne(answer));
    }

    private sealed class RecordsAnswer : AnswerCodec<object[]>
    {
        public override Answer Encode(TableDefinition table, object[] result)
            => new() { Items = Array.ConvertAll(result, table.Serialize) };

        public override object[] Decode(TableDefinition table, Answer answer)
            => Array.ConvertAll(Require(answer.Items), document => table.Deserialize(document));
    }

    private sealed class ChunkAnswer : AnswerCodec<Chunk>
    {
        /// <summary>Ends the chunk earlier if large records leave no room for all of it.</summary>
        public override Answer Encode(TableDefinition table, Chunk result)
        {
            var documents = new List<byte[]>(result.Records.Count);
            long size = 0;
            foreach (object record in result.Records)
            {
                if (size > Answer.MaxBytes && result.Ends is not null) break;

                byte[] document = table.Serialize(record);
                documents.Add(document);
                size += document.Length;
            }

            return new Answer
            {
                Items = [.. documents],
                Chunk = ChunkHead.Of(result.First(documents.Count)),
            };
        }

        public override Chunk Decode(TableDefinition table, Answer answer)
            => Require(answer.Chunk).ToChunk(Records.Decode(table, answer));
    }
}

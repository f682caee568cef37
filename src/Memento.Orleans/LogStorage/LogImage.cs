namespace Memento.LogStorage;

/// <summary>
/// The content of the log at a place in it, as a checkpoint keeps it: all but the rows, which are
/// in the runs.
/// </summary>
/// <param name="Position">The number of the last state of the log that is in it.</param>
/// <param name="At">The time of the log.</param>
/// <param name="LastTable">The highest number that a table had.</param>
/// <param name="Tables">The number of each table.</param>
/// <param name="Epochs">The owner numbers; those of dropped tables too.</param>
/// <param name="Notes">The notes.</param>
/// <param name="Runs">The runs of each partition, oldest first.</param>
/// <param name="Writers">How far the log has come with each writer.</param>
/// <param name="Waste">What has to be cleared.</param>
/// <param name="Owners">Which silo owns a partition, and under which number.</param>
internal sealed record LogImage(
    long Position,
    DateTimeOffset At,
    long LastTable,
    Dictionary<string, long> Tables,
    Dictionary<(string Table, int Partition), long> Epochs,
    Dictionary<string, byte[]> Notes,
    Dictionary<RowsId, IReadOnlyList<Run>> Runs,
    Dictionary<Guid, WriterMark> Writers,
    IReadOnlyList<Waste> Waste,
    Dictionary<(string Table, int Partition), LogOwner> Owners)
{
    /// <summary>The image of a store that was never written.</summary>
    public static LogImage Empty { get; } =
        new(0, DateTimeOffset.MinValue, 0, [], [], [], [], [], [], []);

    public byte[] Write()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write7BitEncodedInt64(Position);
        writer.Write(At.UtcTicks);
        writer.Write7BitEncodedInt64(LastTable);
        writer.WriteAll(Tables, static (writer, each) =>
        {
            writer.Write(each.Key);
            writer.Write7BitEncodedInt64(each.Value);
        });
        writer.WriteAll(Epochs, static (writer, each) =>
        {
            writer.Write(each.Key.Table);
            writer.Write7BitEncodedInt(each.Key.Partition);
            writer.Write7BitEncodedInt64(each.Value);
        });
        writer.WriteAll(Notes, static (writer, each) =>
        {
            writer.Write(each.Key);
            writer.WriteBytes(each.Value);
        });
        writer.WriteAll(Runs, static (writer, each) =>
        {
            writer.Write7BitEncodedInt64(each.Key.Table);
            writer.Write7BitEncodedInt(each.Key.Partition);
            writer.WriteAll(each.Value, WriteRun);
        });
        writer.WriteAll(Writers, static (writer, each) =>
        {
            writer.Write(each.Key.ToByteArray());
            writer.Write7BitEncodedInt64(each.Value.Group);
            writer.Write7BitEncodedInt64(each.Value.Batch);
            writer.Write7BitEncodedInt64(each.Value.Position);
        });
        writer.WriteAll(Waste, static (writer, each) =>
        {
            writer.Write7BitEncodedInt64(each.Run);
            writer.Write7BitEncodedInt(each.Pieces ?? -1);
        });
        writer.WriteAll(Owners, static (writer, each) =>
        {
            writer.Write(each.Key.Table);
            writer.Write7BitEncodedInt(each.Key.Partition);
            writer.Write(each.Value.Owner.ToByteArray());
            writer.Write7BitEncodedInt64(each.Value.Epoch);
        });
        return stream.ToArray();
    }

    public static LogImage Read(ReadOnlyMemory<byte> bytes)
    {
        using BinaryReader reader = BinaryLists.ReaderOf(bytes);
        return new LogImage(
            reader.Read7BitEncodedInt64(),
            new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero),
            reader.Read7BitEncodedInt64(),
            reader.ReadAll(static reader =>
                (Key: reader.ReadString(), Value: reader.Read7BitEncodedInt64())).ToDictionary(),
            reader.ReadAll(static reader => (
                Key: (reader.ReadString(), reader.Read7BitEncodedInt()),
                Value: reader.Read7BitEncodedInt64())).ToDictionary(),
            reader.ReadAll(static reader =>
                (Key: reader.ReadString(), Value: reader.ReadByteArray())).ToDictionary(),
            reader.ReadAll(static reader => (
                Key: new RowsId(reader.Read7BitEncodedInt64(), reader.Read7BitEncodedInt()),
                Value: (IReadOnlyList<Run>)reader.ReadAll(ReadRun))).ToDictionary(),
            reader.ReadAll(static reader => (
                Key: new Guid(reader.ReadBytes(16)),
                Value: new WriterMark(
                    reader.Read7BitEncodedInt64(),
                    reader.Read7BitEncodedInt64(),
                    reader.Read7BitEncodedInt64()))).ToDictionary(),
            reader.ReadAll(static reader =>
            {
                long run = reader.Read7BitEncodedInt64();
                int pieces = reader.Read7BitEncodedInt();
                return new Waste(run, pieces < 0 ? null : pieces);
            }),

            // An image of the first version ends here.
            reader.BaseStream.Position == reader.BaseStream.Length
                ? []
                : reader.ReadAll(static reader => (
                    Key: (reader.ReadString(), reader.Read7BitEncodedInt()),
                    Value: new LogOwner(
                        new Guid(reader.ReadBytes(16)),
                        reader.Read7BitEncodedInt64()))).ToDictionary());
    }

    public static void WriteRun(BinaryWriter writer, Run run)
    {
        writer.Write7BitEncodedInt64(run.Id);
        writer.Write7BitEncodedInt(run.Pieces);
        writer.Write7BitEncodedInt64(run.Bytes);
        writer.Write7BitEncodedInt64(run.Last);
    }

    public static Run ReadRun(BinaryReader reader) => new(
        reader.Read7BitEncodedInt64(),
        reader.Read7BitEncodedInt(),
        reader.Read7BitEncodedInt64(),
        reader.Read7BitEncodedInt64());
}

/// <summary>The silo that owns a partition.</summary>
/// <param name="Owner">The run of the silo.</param>
/// <param name="Epoch">The owner number under which it owns the partition.</param>
internal readonly record struct LogOwner(Guid Owner, long Epoch);

/// <summary>How far the log has come with a writer.</summary>
/// <param name="Group">The number of its last group.</param>
/// <param name="Batch">The first position of its last batch that was kept.</param>
/// <param name="Position">The number of the last state of that group.</param>
internal readonly record struct WriterMark(long Group, long Batch, long Position);

/// <summary>A run that nothing shows any more, and whose states have to be cleared.</summary>
/// <param name="Run">The number of the run.</param>
/// <param name="Pieces">
/// How many pieces it has; null if that is not known, because its checkpoint was never ended.
/// </param>
internal sealed record Waste(long Run, int? Pieces);

/// <summary>The only state that is replaced: where the last checkpoint is.</summary>
/// <param name="Position">The number of the last state of the log that it has.</param>
/// <param name="Cleared">The states of the log up to this number are cleared.</param>
/// <param name="Image">The run with the checkpoint's image; null before the first one.</param>
/// <param name="NextRun">The number of the next run.</param>
/// <param name="Writing">
/// How many numbers of runs before the next one belong to a checkpoint that is being written; 0
/// for none.
/// </param>
internal sealed record LogRoot(long Position, long Cleared, Run? Image, long NextRun, int Writing)
{
    public static LogRoot Empty { get; } = new(0, 0, null, 1, 0);

    public byte[] Write()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write7BitEncodedInt64(Position);
        writer.Write7BitEncodedInt64(Cleared);
        writer.Write(Image is not null);
        if (Image is not null) LogImage.WriteRun(writer, Image);
        writer.Write7BitEncodedInt64(NextRun);
        writer.Write7BitEncodedInt(Writing);
        return stream.ToArray();
    }

    public static LogRoot Read(ReadOnlyMemory<byte> bytes)
    {
        using BinaryReader reader = BinaryLists.ReaderOf(bytes);
        return new LogRoot(
            reader.Read7BitEncodedInt64(),
            reader.Read7BitEncodedInt64(),
            reader.ReadBoolean() ? LogImage.ReadRun(reader) : null,
            reader.Read7BitEncodedInt64(),
            reader.Read7BitEncodedInt());
    }
}

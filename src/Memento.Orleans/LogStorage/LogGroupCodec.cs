using System.Diagnostics;
using System.Runtime.InteropServices;
using Memento.Storage;

namespace Memento.LogStorage;

/// <summary>The bytes of the groups of the log, and their parts: a part for each state.</summary>
internal static class LogGroupCodec
{
    private enum Kind : byte
    {
        Batch = 1,
        Raise = 2,
        Create = 3,
        Drop = 4,
        Note = 5,
        Decide = 6,
        Claim = 7,
        Release = 8,
        ForgettingBatch = 9,
    }

    /// <summary>The bytes in front of a part.</summary>
    private const int MostHeaderBytes = 16 + (3 * 10);

    /// <summary>Cuts a group into the contents of states of a size at the most.</summary>
    public static List<byte[]> Write(LogGroup group, int maxStateBytes)
    {
        byte[] payload = WritePayload(group);
        int most = maxStateBytes - MostHeaderBytes;
        int parts = Math.Max(1, (payload.Length + most - 1) / most);
        List<byte[]> states = new(parts);
        for (int part = 0; part < parts; part++)
        {
            int start = part * most;
            int length = Math.Min(most, payload.Length - start);
            using var stream = new MemoryStream(length + MostHeaderBytes);
            using var writer = new BinaryWriter(stream);
            writer.Write(group.Writer.ToByteArray());
            writer.Write7BitEncodedInt64(group.Number);
            writer.Write7BitEncodedInt(part);
            writer.Write7BitEncodedInt(parts);
            writer.Write(payload, start, length);
            states.Add(stream.ToArray());
        }

        return states;
    }

    public static LogPart ReadPart(ReadOnlyMemory<byte> state)
    {
        using BinaryReader reader = BinaryLists.ReaderOf(state);
        var writer = new Guid(reader.ReadBytes(16));
        return new LogPart(
            writer,
            reader.Read7BitEncodedInt64(),
            reader.Read7BitEncodedInt(),
            reader.Read7BitEncodedInt(),
            state[(int)reader.BaseStream.Position..]);
    }

    /// <summary>Reads a group from all its parts.</summary>
    public static LogGroup Read(IReadOnlyList<LogPart> parts)
    {
        byte[] payload = new byte[parts.Sum(static part => part.Payload.Length)];
        int start = 0;
        foreach (LogPart part in parts)
        {
            part.Payload.CopyTo(payload.AsMemory(start));
            start += part.Payload.Length;
        }

        using BinaryReader reader = BinaryLists.ReaderOf(payload);
        var at = new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero);
        var changes = new LogChange[reader.Read7BitEncodedInt()];
        for (int index = 0; index < changes.Length; index++)
            changes[index] = ReadChange(reader);
        return new LogGroup(parts[0].Writer, parts[0].Number, at, changes);
    }

    private static byte[] WritePayload(LogGroup group)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(group.At.UtcTicks);
        writer.Write7BitEncodedInt(group.Changes.Count);
        foreach (LogChange change in group.Changes)
            WriteChange(writer, change);
        return stream.ToArray();
    }

    private static void WriteChange(BinaryWriter writer, LogChange change)
    {
        switch (change)
        {
            case BatchChange { Batch: var batch }:
                bool forgets = batch.Entries.Any(static entry => entry.Forgets.Count > 0);
                writer.Write((byte)(forgets ? Kind.ForgettingBatch : Kind.Batch));
                writer.Write7BitEncodedInt64(batch.FirstPosition);
                writer.WriteAll(batch.Entries, forgets ? WriteForgettingEntry : WriteEntry);
                break;
            case ClaimChange claim:
                writer.Write((byte)Kind.Claim);
                writer.Write(claim.Table);
                writer.Write7BitEncodedInt(claim.Partition);
                writer.Write7BitEncodedInt64(claim.Epoch);
                writer.Write(claim.Owner.ToByteArray());
                writer.Write((claim.Ended ?? Guid.Empty).ToByteArray());
                break;
            case ReleaseChange release:
                writer.Write((byte)Kind.Release);
                writer.Write(release.Owner.ToByteArray());
                writer.Write(release.Owned is not null);
                if (release.Owned is { } owned) WriteEpoch(writer, owned);
                break;
            case RaiseChange raise:
                writer.Write((byte)Kind.Raise);
                writer.Write(raise.Table);
                writer.Write7BitEncodedInt(raise.Partition);
                break;
            case CreateChange create:
                writer.Write((byte)Kind.Create);
                writer.Write(create.Table);
                break;
            case DropChange drop:
                writer.Write((byte)Kind.Drop);
                writer.Write(drop.Table);
                break;
            case NoteChange note:
                writer.Write((byte)Kind.Note);
                writer.Write(note.Name);
                writer.WriteBytes(note.Note);
                break;
            case DecideChange decide:
                writer.Write((byte)Kind.Decide);
                writer.Write(decide.TransactionId.ToByteArray());
                break;
            default:
                throw new UnreachableException(change.GetType().Name);
        }
    }

    private static LogChange ReadChange(BinaryReader reader) => (Kind)reader.ReadByte() switch
    {
        Kind.Batch => new BatchChange(new JournalBatch(
            reader.Read7BitEncodedInt64(), reader.ReadAll(ReadEntry))),
        Kind.ForgettingBatch => new BatchChange(new JournalBatch(
            reader.Read7BitEncodedInt64(), reader.ReadAll(ReadForgettingEntry))),
        Kind.Claim => new ClaimChange(
            reader.ReadString(),
            reader.Read7BitEncodedInt(),
            reader.Read7BitEncodedInt64(),
            new Guid(reader.ReadBytes(16)),
            new Guid(reader.ReadBytes(16)) is var ended && ended != Guid.Empty ? ended : null),
        Kind.Release => new ReleaseChange(
            new Guid(reader.ReadBytes(16)), reader.ReadBoolean() ? ReadEpoch(reader) : null),
        Kind.Raise => new RaiseChange(reader.ReadString(), reader.Read7BitEncodedInt()),
        Kind.Create => new CreateChange(reader.ReadString()),
        Kind.Drop => new DropChange(reader.ReadString()),
        Kind.Note => new NoteChange(reader.ReadString(), reader.ReadByteArray()),
        Kind.Decide => new DecideChange(new Guid(reader.ReadBytes(16))),
        var other => throw new InvalidDataException($"The log has a change of kind {other}."),
    };

    private static void WriteEntry(BinaryWriter writer, JournalEntry entry)
    {
        writer.Write(entry.TransactionId.ToByteArray());
        writer.Write(entry.KeepsOutcome);
        writer.WriteAll(entry.Clears, static (writer, table) => writer.Write(table));
        writer.WriteAll(entry.Epochs, WriteEpoch);
        writer.WriteAll(entry.Writes, static (writer, row) =>
        {
            writer.Write(row.Table);
            writer.Write7BitEncodedInt(row.Partition);
            writer.WriteBytes(row.Key);
            writer.Write(row.Document is not null);
            if (row.Document is not null) writer.WriteBytes(row.Document);
        });
    }

    private static void WriteForgettingEntry(BinaryWriter writer, JournalEntry entry)
    {
        writer.WriteAll(entry.Forgets, static (writer, id) => writer.Write(id.ToByteArray()));
        WriteEntry(writer, entry);
    }

    private static void WriteEpoch(BinaryWriter writer, PartitionEpoch each)
    {
        writer.Write(each.Table);
        writer.Write7BitEncodedInt(each.Partition);
        writer.Write7BitEncodedInt64(each.Epoch);
    }

    private static PartitionEpoch ReadEpoch(BinaryReader reader) => new(
        reader.ReadString(), reader.Read7BitEncodedInt(), reader.Read7BitEncodedInt64());

    private static JournalEntry ReadForgettingEntry(BinaryReader reader)
    {
        Guid[] forgets = reader.ReadAll(static reader => new Guid(reader.ReadBytes(16)));
        return ReadEntry(reader, forgets);
    }

    private static JournalEntry ReadEntry(BinaryReader reader) => ReadEntry(reader, []);

    private static JournalEntry ReadEntry(BinaryReader reader, Guid[] forgets) => new()
    {
        Forgets = forgets,
        TransactionId = new Guid(reader.ReadBytes(16)),
        KeepsOutcome = reader.ReadBoolean(),
        Clears = reader.ReadAll(static reader => reader.ReadString()),
        Epochs = reader.ReadAll(ReadEpoch),
        Writes = reader.ReadAll(static reader => new RowWrite(
            reader.ReadString(),
            reader.Read7BitEncodedInt(),
            reader.ReadByteArray(),
            reader.ReadBoolean() ? reader.ReadByteArray() : null)),
    };
}

/// <summary>A part of a group: the content of one state of the log.</summary>
/// <param name="Writer">The writer of the group.</param>
/// <param name="Number">The number of the group.</param>
/// <param name="Part">The part, from 0.</param>
/// <param name="Parts">How many parts the group has.</param>
/// <param name="Payload">Its piece of the group's bytes.</param>
internal sealed record LogPart(
    Guid Writer, long Number, int Part, int Parts, ReadOnlyMemory<byte> Payload);

/// <summary>Lists and bytes in a binary stream, with their length in front.</summary>
internal static class BinaryLists
{
    /// <summary>Reads bytes where they are.</summary>
    public static BinaryReader ReaderOf(ReadOnlyMemory<byte> bytes)
        => new(MemoryMarshal.TryGetArray(bytes, out ArraySegment<byte> segment)
            ? new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false)
            : new MemoryStream(bytes.ToArray(), writable: false));

    public static void WriteAll<T>(
        this BinaryWriter writer, IReadOnlyCollection<T> items, Action<BinaryWriter, T> write)
    {
        writer.Write7BitEncodedInt(items.Count);
        foreach (T item in items)
            write(writer, item);
    }

    public static T[] ReadAll<T>(this BinaryReader reader, Func<BinaryReader, T> read)
    {
        var items = new T[reader.Read7BitEncodedInt()];
        for (int index = 0; index < items.Length; index++)
            items[index] = read(reader);
        return items;
    }

    public static void WriteBytes(this BinaryWriter writer, byte[] bytes)
    {
        writer.Write7BitEncodedInt(bytes.Length);
        writer.Write(bytes);
    }

    public static byte[] ReadByteArray(this BinaryReader reader)
    {
        int length = reader.Read7BitEncodedInt();
        byte[] bytes = reader.ReadBytes(length);
        return bytes.Length == length ? bytes : throw new EndOfStreamException();
    }
}

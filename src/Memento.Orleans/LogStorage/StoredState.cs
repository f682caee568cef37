using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Memento.LogStorage;

/// <summary>The form of every state of the log in a grain storage: bytes.</summary>
[GenerateSerializer]
[Alias("Memento.StoredState")]
internal sealed class StoredState
{
    /// <summary>The content, sealed by <see cref="StateSeal"/>.</summary>
    [Id(0)]
    public byte[] Content { get; set; } = [];
}

/// <summary>
/// The frame around a state's content: a version, and a checksum over the content and the state's
/// own key, so that a state that is torn, or stands in the place of another, is found.
/// </summary>
internal static class StateSeal
{
    // 2: owners of partitions, and batches that forget outcomes.
    private const byte Version = 2;
    private const int Frame = 1 + sizeof(uint);

    public static byte[] Close(string key, ReadOnlySpan<byte> content)
    {
        byte[] state = new byte[Frame + content.Length];
        state[0] = Version;
        content.CopyTo(state.AsSpan(Frame));
        BinaryPrimitives.WriteUInt32LittleEndian(state.AsSpan(1), Checksum(key, content));
        return state;
    }

    /// <exception cref="StorageException">
    /// The state is torn, or of a newer version of the store.
    /// </exception>
    public static ReadOnlyMemory<byte> Open(string place, string key, byte[] state)
    {
        if (state.Length > 0 && state[0] > Version)
        {
            throw new StorageException(
                $"State '{key}' of {place} was written by a newer version of Memento.Orleans. Run "
                + "the newer version, or choose another store name.");
        }

        if (state.Length >= Frame
            && BinaryPrimitives.ReadUInt32LittleEndian(state.AsSpan(1))
                == Checksum(key, state.AsSpan(Frame)))
        {
            return state.AsMemory(Frame);
        }

        throw new StorageException(
            $"State '{key}' of {place} is damaged: its checksum is wrong. Restore the storage from "
            + "a backup, and look for what wrote to it or changes what it stores.");
    }

    private static uint Checksum(string key, ReadOnlySpan<byte> content)
        => Add(Add(uint.MaxValue, Encoding.UTF8.GetBytes(key)), content);

    private static uint Add(uint checksum, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            checksum = BitOperations.Crc32C(
                checksum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (byte each in bytes)
            checksum = BitOperations.Crc32C(checksum, each);
        return checksum;
    }
}

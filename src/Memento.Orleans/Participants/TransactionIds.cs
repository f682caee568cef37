using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Memento.Participants;

/// <summary>
/// Gives ids that no process gives twice: half of one is the process's own, by chance, the other
/// half counts. <see cref="Guid.NewGuid"/> asks the system for all of it each time, which takes a
/// third as long as a whole transaction without operations.
/// </summary>
internal sealed class TransactionIds
{
    private readonly byte[] _process = RandomNumberGenerator.GetBytes(sizeof(long));
    private long _last = BinaryPrimitives.ReadInt64LittleEndian(
        RandomNumberGenerator.GetBytes(sizeof(long)));

    public Guid Next()
    {
        Span<byte> id = stackalloc byte[2 * sizeof(long)];
        _process.CopyTo(id);
        BinaryPrimitives.WriteInt64LittleEndian(
            id[sizeof(long)..], Interlocked.Increment(ref _last));
        return new Guid(id);
    }
}

using System.Buffers.Binary;
using Memento.Locks;

namespace Memento.Tests.Locks.Simulation;

/// <summary>One run of a transaction's body, and the locks that it believes to have.</summary>
internal sealed class SimulatedAttempt
{
    private const int IndexOffset = 12;
    private readonly LockKind[] _believed;

    public SimulatedAttempt(
        SimulatedTransaction transaction, int index, int partitions, uint random)
    {
        Transaction = transaction;
        Index = index;
        Id = MakeId(random, index);
        Owners = new LockOwner[partitions];
        _believed = new LockKind[partitions * SimulatedResource.All.Count];
    }

    public SimulatedTransaction Transaction { get; }

    public int Index { get; }

    public Guid Id { get; }

    public LockOwner?[] Owners { get; }

    /// <summary>The running calls, which are the calls of one line of the script.</summary>
    public List<SimulatedCall> Calls { get; } = [];

    public int Line { get; set; }

    public bool IsEnded { get; set; }

    /// <summary>
    /// An id that sorts at random, since ids decide between attempts of one age, and that says
    /// which attempt it is.
    /// </summary>
    public static Guid MakeId(uint random, int index)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, random);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[IndexOffset..], index);
        return new Guid(bytes);
    }

    public static int IndexOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes);
        return BinaryPrimitives.ReadInt32LittleEndian(bytes[IndexOffset..]);
    }

    public ref LockKind Believed(int partition, int resource)
        => ref _believed[(partition * SimulatedResource.All.Count) + resource];

    public bool IsOlderThan(SimulatedAttempt other)
    {
        TransactionAge age = Transaction.Age;
        TransactionAge otherAge = other.Transaction.Age;
        if (age.StartTicks != otherAge.StartTicks) return age.StartTicks < otherAge.StartTicks;
        if (age.FirstAttempt != otherAge.FirstAttempt)
            return age.FirstAttempt < otherAge.FirstAttempt;
        return Id < other.Id;
    }
}

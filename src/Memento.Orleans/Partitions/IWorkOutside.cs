namespace Memento.Partitions;

/// <summary>
/// What an operation has come to (<see cref="LockTaker.Pause"/>) if there is long work to do before
/// it goes on, for which it needs nothing that the gate of the partition guards.
/// </summary>
internal interface IWorkOutside
{
    /// <summary>Does the work, outside the gate, on a thread of the pool.</summary>
    void Run();
}

using Memento.Participants;
using Orleans.Transactions;

namespace Memento.Transactions;

/// <summary>
/// The transaction whose body runs in this flow of control, as long as Orleans does not know it
/// there. Orleans' own ambient transaction counts over it, because that one was begun inside the
/// body.
/// </summary>
internal sealed class AmbientTransaction(IGrainContextAccessor context)
{
    private readonly AsyncLocal<Place?> _current = new();
    private volatile bool _isSupported;

    /// <summary>
    /// Whether a transaction may begin here without Orleans. Orleans must be able to learn of it in
    /// time (<see cref="LateIntroduction"/>). In a grain it may not: a body can reach the grain's
    /// own transactional states, which look for Orleans' ambient transaction by themselves.
    /// </summary>
    public bool IsPossible => _isSupported && IsFree;

    /// <summary>
    /// Whether each transactional grain call is seen when it is made, so that it can be told what
    /// the transaction has kept back.
    /// </summary>
    public bool SeesCalls => _isSupported;

    /// <summary>
    /// The transaction that is running here; null if there is none, or Orleans knows one.
    /// </summary>
    public TransactionState? Running
        => _current.Value is { State: { } state } && IsFree ? state : null;

    /// <summary>
    /// The transaction of the body whose flow the caller is in, if that body still runs although
    /// its transaction was given up; otherwise null.
    /// </summary>
    public TransactionState? GivenUp
        => _current.Value is { GivenUp: { } state } place && IsIn(place) ? state : null;

    private bool IsFree
        => context.GrainContext is null or { GrainInstance: null }
            && TransactionContext.GetTransactionInfo() is null;

    /// <summary>Called when Orleans was found to learn of transactions in time.</summary>
    public void Support() => _isSupported = true;

    /// <summary>
    /// Makes a transaction the ambient one of the calling method, and of the methods that it calls.
    /// </summary>
    public Place Enter(TransactionState state)
        => _current.Value = new Place(context.GrainContext) { State = state };

    /// <summary>Makes a place for a body whose transaction Orleans has begun.</summary>
    public Place EnterInOrleans() => _current.Value = new Place(context.GrainContext);

    /// <summary>Throws if the caller is in a body that was given up.</summary>
    /// <remarks>
    /// What it begins now, in a grain or by a transaction, would be a transaction of its own, and
    /// kept, although its caller was told that nothing is.
    /// </remarks>
    /// <exception cref="MementoException">The transaction of the body has ended.</exception>
    public void ThrowIfGivenUp()
    {
        if (GivenUp is { } state
            && TransactionContext.GetTransactionInfo() is var info
            && (info is null || OrleansRecord.HasEnded(info)))
        {
            state.ThrowIfOver();
        }
    }

    /// <summary>
    /// Whether the caller is not in a grain that the body has called, as far as that can be known.
    /// </summary>
    private bool IsIn(Place place)
        => context.GrainContext is null or { GrainInstance: null }
            || ReferenceEquals(context.GrainContext, place.Context);

    /// <summary>
    /// The holder of the transaction; emptied at its end, for code that is still running.
    /// </summary>
    /// <param name="context">The grain of the body; null: it runs outside all grains.</param>
    internal sealed class Place(IGrainContext? context)
    {
        public IGrainContext? Context { get; } = context;

        public TransactionState? State { get; set; }

        /// <summary>
        /// The transaction, where it was given up while its body ran, until the body ends; null: it
        /// was not, or the body has ended.
        /// </summary>
        public TransactionState? GivenUp { get; private set; }

        /// <summary>Gives the transaction of a running body up.</summary>
        public void GiveUp(TransactionState state, Task body)
        {
            GivenUp = state;
            _ = body.ContinueWith(
                static (_, place) => ((Place)place!).GivenUp = null,
                this,
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }
    }
}

/// <summary>How a transaction of ours begins inside Orleans.</summary>
internal sealed class TransactionStart
{
    private TransactionStart()
    {
    }

    /// <summary>The start time of the first attempt: the age.</summary>
    public long StartTicks { get; private init; }

    /// <summary>The time that is left until the time limit.</summary>
    public TimeSpan Remaining { get; private init; }

    /// <summary>The transaction, if it exists already.</summary>
    public TransactionInfo? Info { get; private init; }

    /// <summary>
    /// Whether it is a branch; the end of a branch is not the end of the transaction.
    /// </summary>
    public bool IsBranch { get; private init; }

    /// <summary>Whether it has begun.</summary>
    public bool IsTaken { get; set; }

    /// <summary>
    /// Its state: the registry does not know it any more where it was ended from outside.
    /// </summary>
    public TransactionState? State { get; set; }

    /// <summary>A new transaction.</summary>
    public static TransactionStart New(long startTicks, TimeSpan remaining)
        => new() { StartTicks = startTicks, Remaining = remaining };

    /// <summary>A transaction that has begun without Orleans, or a branch of it.</summary>
    public static TransactionStart Of(TransactionInfo info, bool isBranch)
        => new() { Info = info, IsBranch = isBranch };
}

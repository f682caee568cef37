using System.Collections.Concurrent;
using Memento.Messages;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Clusters.Deaths;

/// <summary>
/// Stops single messages of transactions, between silos and from a client. A call stands still
/// where it arrives, so that it outlives its sender; an answer where it is waited for, so that it
/// outlives the silo that has sent it.
/// </summary>
internal sealed class MessageStops
{
    private const string CallKey = "Memento.Tests.Call";

    private readonly ConcurrentDictionary<Guid, IReadOnlyList<MessageStop>> _stops = new();
    private readonly ConcurrentDictionary<Guid, MessageStop> _answers = new();

    public void Use(ISiloBuilder silo)
    {
        silo.Services.AddSingleton(this);
        silo.AddOutgoingGrainCallFilter(new CallerFilter(this));
        silo.AddIncomingGrainCallFilter<ReceiverFilter>();
    }

    public void Use(IClientBuilder client)
        => client.AddOutgoingGrainCallFilter(new CallerFilter(this));

    /// <summary>Stops messages of a transaction, of which none was sent yet.</summary>
    public void Add(Guid transactionId, IReadOnlyList<MessageStop> stops)
        => _stops[transactionId] = stops;

    /// <summary>The transaction that a call is for.</summary>
    private static Guid? TransactionOf(IGrainCallContext context)
        => context.Request.GetArgumentCount() == 0
            ? null
            : context.Request.GetArgument(0) switch
            {
                ExecuteRequest request => request.TransactionId,
                CommitRequest request => request.TransactionId,
                SealRequest request => request.TransactionId,
                SettleRequest request => request.TransactionId,
                AskRequest request => request.TransactionId,
                _ => null,
            };

    private async Task PassCallAsync(IIncomingGrainCallContext context, SiloAddress here)
    {
        if (TransactionOf(context) is not { } id
            || !_stops.TryGetValue(id, out IReadOnlyList<MessageStop>? stops))
        {
            return;
        }

        foreach (MessageStop each in stops)
        {
            if (!each.Takes(context.InterfaceMethod.Name, here)) continue;

            if (!each.IsAnswer)
                await each.PassAsync();
            else if (RequestContext.Get(CallKey) is Guid call)
                _answers[call] = each;
        }
    }

    private sealed class ReceiverFilter(ILocalSiloDetails silo, MessageStops stops)
        : IIncomingGrainCallFilter
    {
        public async Task Invoke(IIncomingGrainCallContext context)
        {
            await stops.PassCallAsync(context, silo.SiloAddress);
            await context.Invoke();
        }
    }

    private sealed class CallerFilter(MessageStops stops) : IOutgoingGrainCallFilter
    {
        // Async, so that the context of the caller stays as it is.
        public async Task Invoke(IOutgoingGrainCallContext context)
        {
            if (TransactionOf(context) is null)
            {
                await context.Invoke();
                return;
            }

            var call = Guid.NewGuid();
            RequestContext.Set(CallKey, call);
            await context.Invoke();
            if (stops._answers.TryRemove(call, out MessageStop? stop)) await stop.PassAsync();
        }
    }
}

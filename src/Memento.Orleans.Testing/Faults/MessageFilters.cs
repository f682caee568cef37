namespace Memento.Testing;

/// <summary>Says in each call which silo has sent it.</summary>
internal sealed class SenderFilter(ILocalSiloDetails silo) : IOutgoingGrainCallFilter
{
    public const string Key = "Memento.Testing.Sender";

    // Async, so that the context of the caller stays as it is.
    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        RequestContext.Set(Key, silo.SiloAddress);
        await context.Invoke();
    }
}

/// <summary>Drops or delays calls from other silos, and the answers to them.</summary>
internal sealed class ReceiverFilter(ILocalSiloDetails silo, TestMessages messages)
    : IIncomingGrainCallFilter
{
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        if (!messages.HasFaults
            || IsOfOrleans(context)
            || RequestContext.Get(SenderFilter.Key) is not SiloAddress sender)
        {
            await context.Invoke();
            return;
        }

        await messages.PassAsync(sender, silo.SiloAddress);
        try
        {
            await context.Invoke();
        }
        finally
        {
            await messages.PassAsync(silo.SiloAddress, sender);
        }
    }

    /// <summary>
    /// Whether it is a message by which the silos themselves work, such as a probe of the
    /// membership.
    /// </summary>
    private static bool IsOfOrleans(IIncomingGrainCallContext context)
        => context.InterfaceMethod.DeclaringType!.Assembly.GetName().Name!
            .StartsWith("Orleans.", StringComparison.Ordinal);
}

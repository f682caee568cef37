using Orleans.Storage;

namespace Memento.LogStorage;

/// <summary>
/// The states of one store in a grain storage, by key. It says of each failed write whether the
/// state may still appear.
/// </summary>
/// <param name="storage">The provider.</param>
/// <param name="place">The name of the storage, for people.</param>
/// <param name="name">The name of the store, which is the name of each of its states.</param>
/// <param name="isRefusal">
/// Whether an exception of the provider is an answer of its storage, so that nothing of the write
/// comes later.
/// </param>
internal sealed class StateStore(
    IGrainStorage storage, string place, string name, Func<Exception, bool> isRefusal)
{
    /// <summary>The name of the storage, for people.</summary>
    public string Place => place;

    /// <summary>Reads a state; null if there is none.</summary>
    /// <exception cref="StorageException">It cannot be read, or is damaged.</exception>
    public async Task<KnownState?> ReadAsync(string key)
    {
        var state = new GrainState<StoredState>(new StoredState());
        try
        {
            await CallAsync(() => storage.ReadStateAsync(name, IdOf(key), state))
                .ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            throw Failed("read", key, failure);
        }

        return state.RecordExists
            ? new KnownState(StateSeal.Open(place, key, state.State!.Content), state.ETag)
            : null;
    }

    /// <summary>Makes a state; false if there is one.</summary>
    /// <exception cref="StorageException">The storage refused; there is no state.</exception>
    /// <exception cref="NoAnswerException">The state may be there, or come later.</exception>
    public async Task<bool> TryCreateAsync(string key, ReadOnlyMemory<byte> content)
        => await TryWriteAsync(key, content, version: null).ConfigureAwait(false) is not null;

    /// <summary>
    /// Replaces a state of a known version, or makes it where the version is null. Null if the
    /// state has another version by now.
    /// </summary>
    /// <exception cref="StorageException">The storage refused; nothing was written.</exception>
    /// <exception cref="NoAnswerException">The state may be there, or come later.</exception>
    public async Task<KnownState?> TryWriteAsync(
        string key, ReadOnlyMemory<byte> content, string? version)
    {
        var state = new GrainState<StoredState>(
            new StoredState { Content = StateSeal.Close(key, content.Span) }, version)
        {
            RecordExists = version is not null,
        };
        try
        {
            await CallAsync(() => storage.WriteStateAsync(name, IdOf(key), state))
                .ConfigureAwait(false);
            return new KnownState(content, state.ETag);
        }
        catch (InconsistentStateException)
        {
            return null;
        }
        catch (Exception failure) when (isRefusal(failure))
        {
            throw Failed("written", key, failure);
        }
        catch (Exception failure)
        {
            throw new NoAnswerException(Failed("written", key, failure));
        }
    }

    /// <summary>Removes a state, if there is one.</summary>
    /// <exception cref="StorageException">It cannot be removed now.</exception>
    public async Task ClearAsync(string key)
    {
        var state = new GrainState<StoredState>(new StoredState());
        try
        {
            await CallAsync(() => storage.ReadStateAsync(name, IdOf(key), state))
                .ConfigureAwait(false);
            if (!state.RecordExists) return;
            await CallAsync(() => storage.ClearStateAsync(name, IdOf(key), state))
                .ConfigureAwait(false);
        }
        catch (InconsistentStateException)
        {
            // Another silo has cleared it in between: nobody writes a state again.
        }
        catch (Exception failure)
        {
            throw Failed("cleared", key, failure);
        }
    }

    /// <summary>The error of a state that has to be there, and is not.</summary>
    public StorageException Missing(string key) => new(
        $"State '{key}' of {place} is missing, without which the rows cannot be read right. "
        + "Restore the storage from a backup, and look for what removed it: an expiry time, a "
        + "limit of memory, or a hand.");

    // Keys begin with a letter: providers may take others for numbers.
    private static GrainId IdOf(string key) => GrainId.Create("memento.log", key);

    /// <summary>
    /// Calls the provider outside the caller's grain and transaction, which are nothing to it: the
    /// provider may call grains itself.
    /// </summary>
    private static Task CallAsync(Func<Task> call)
    {
        using (ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow())
            return Task.Run(call);
    }

    private StorageException Failed(string action, string key, Exception failure) => new(
        $"State '{key}' of {place} could not be {action}: {failure.Message} Check that the storage "
        + "can be reached, has room, and lets this silo write, and try again.",
        failure);
}

/// <summary>A state as it was last read or written.</summary>
/// <param name="Content">The content.</param>
/// <param name="Version">The version of the provider, its ETag.</param>
internal sealed record KnownState(ReadOnlyMemory<byte> Content, string? Version);

/// <summary>A write had no answer: the state may be there, or come later.</summary>
/// <param name="reason">The error that a caller gets.</param>
/// <param name="isOutdated">
/// Whether the storage has answered, and only the place of the state may be none any more.
/// </param>
internal sealed class NoAnswerException(StorageException reason, bool isOutdated = false)
    : Exception(reason.Message, reason)
{
    /// <summary>
    /// Whether the storage has answered, and only the place of the state may be none any more.
    /// </summary>
    public bool IsOutdated { get; } = isOutdated;

    /// <summary>The error that a caller gets.</summary>
    public StorageException Reason { get; } = reason;
}

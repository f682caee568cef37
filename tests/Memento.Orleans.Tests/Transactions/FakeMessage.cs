using Memento.Messages;

namespace Memento.Tests.Transactions;

/// <summary>A message that a fake grain got.</summary>
internal sealed class FakeMessage(ExecuteRequest request)
{
    private readonly TaskCompletionSource<ExecuteResponse> _response =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ExecuteRequest Request { get; } = request;

    public Task<ExecuteResponse> Response => _response.Task;

    public void Answer(ExecuteResponse response) => _response.SetResult(response);

    public void AnswerAll() => Answer(FakeIndexGrain.AnswerAll(Request));

    public void Fail(Exception error) => _response.SetException(error);
}

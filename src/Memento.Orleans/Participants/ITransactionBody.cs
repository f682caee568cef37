namespace Memento.Participants;

/// <summary>A body that runs in this process, as its transaction knows it.</summary>
internal interface ITransactionBody
{
    /// <summary>The innermost nested body in whose flow the caller runs, or the body itself.</summary>
    ITransaction Innermost { get; }
}
